import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.neo4j.cli.AdminTool;
import org.neo4j.cli.ExecutionContext;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;

/**
 * Starts a Neo4j server on a loopback port: java -cp "jars/*:classes" Launcher HOME PORT [FLAG [COMMAND...]].
 * COMMAND is one of Neo4j's administration tool, such as an offline import, that is run first, in the same process:
 * a second one would load and compile the same classes again. Where it fails, no server starts.
 * Settings of Neo4j's own are read from conf/neo4j.conf beside HOME where that file is; those below win.
 * Ends when the file FLAG is gone, or, without one, with its input.
 */
public class Launcher {
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        Path settings = home.resolveSibling("conf").resolve("neo4j.conf");
        if (arguments.length > 3) {
            String[] command = Arrays.copyOfRange(arguments, 3, arguments.length);
            int failed = AdminTool.execute(new ExecutionContext(home, settings.getParent()), command);
            if (failed != 0) {
                System.exit(failed);
            }
        }
        DatabaseManagementServiceBuilder builder = new DatabaseManagementServiceBuilder(home);
        if (Files.exists(settings)) {
            builder.loadPropertiesFromFile(settings);
        }
        DatabaseManagementService server = builder
                .setConfig(GraphDatabaseSettings.auth_enabled, true)
                .setConfig(GraphDatabaseSettings.pagecache_memory, Math.max(256L << 20, Runtime.getRuntime().maxMemory() / 4))
                .setConfig(BoltConnector.enabled, true)
                .setConfig(BoltConnector.listen_address, new SocketAddress("127.0.0.1", Integer.parseInt(arguments[1])))
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
        System.out.println("ready");
        if (arguments.length > 2) {
            while (Files.exists(Path.of(arguments[2]))) {
                Thread.sleep(100);
            }
        } else {
            while (System.in.read() >= 0) { // whoever started the server keeps its input open
            }
        }
        System.exit(0); // through the hook
    }
}
