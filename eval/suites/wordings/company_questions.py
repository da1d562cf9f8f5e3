"""Questions on the made-up company, worded by hand, and their answers from its records by plain sets."""

from __future__ import annotations

import tempfile
from pathlib import Path

from eval.suites.compositional.desk import Desk, Some
from eval.suites.elements.records import Graph
from eval.suites.wordings import company_graph
from eval.suites.wordings.records import called

TYPED_ONLY = ("temporal", "filter-type")
"""Shapes that ask for what the bare triples do not hold."""


def desk() -> Desk:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "facts.jsonl").write_text(company_graph.typed(), encoding="utf-8")
        (Path(folder) / "withheld.jsonl").write_text("", encoding="utf-8")
        out = Desk(Graph(Path(folder)), "company")
    write(out)
    return out


def headed(q: Desk, department: str, first: str, last: str) -> Some:
    """Who headed the department at any time from ``first`` to ``last``; an open term goes on."""
    (head,) = q.one("department", department).ids
    terms = [t for t in q.graph.dated if t["head"] == head]
    within = {
        t["tail"]
        for t in terms
        if t["qualifiers"]["valid_from"][: len(last)] <= last
        and t["qualifiers"].get("valid_to", "9999")[: len(first)] >= first
    }
    return Some(q.graph, frozenset(within))


def write(q: Desk) -> None:
    one, staff, projects = q.one, q.every("employee"), q.every("project")

    def person(name: str) -> Some:
        return one("employee", name)

    def project(name: str) -> Some:
        return one("project", name)

    def skill(name: str) -> Some:
        return one("skill", name).back("has_skill")

    def team(name: str) -> Some:
        return one("department", name).back("works_in")

    def at(name: str) -> Some:
        return one("office", name).back("based_at")

    def buys(name: str) -> Some:
        return one("customer", name).back("commissioned_by")

    q("1-hop", "Who is Hamid Orlov's boss?", person("Hamid Orlov").to("reports_to"))
    q("1-hop", "What does Fiona Zabala earn?", person("Fiona Zabala").measured("salary"))
    q("1-hop", "For which client is Puffin being done?", project("Puffin").to("commissioned_by"))
    q("1-hop", "In what department do we find Priya Lunde?", person("Priya Lunde").to("works_in"))
    q("1-hop", "Starling budget?", project("Starling").measured("budget"))
    q("1-hop", "When did Agnes Toivonen join the company?", person("Agnes Toivonen").measured("hired_on"))
    q("inverse", "Whom does Soren Vance manage directly?", person("Soren Vance").back("reports_to"))
    q("inverse", "List everyone who can do optics.", skill("optics"))
    q("inverse", "Which projects has Corvid Marine ordered?", buys("Corvid Marine"))
    q("inverse", "What do we buy from Tanager Audio?", one("supplier", "Tanager Audio").back("supplied_by"))
    q("inverse", "people sitting in the Mill Building", at("Mill Building"))
    q("2-hop", "In which city does Leila Monk have her desk?", person("Leila Monk").to("based_at").to("located_in"))
    q("2-hop", "Who supplies the parts that go into Puffin?", project("Puffin").to("uses_component").to("supplied_by"))
    q("2-hop", "Who is the boss of Ewan Bright's boss?", person("Ewan Bright").to("reports_to").to("reports_to"))
    q("2-hop", "Skills found in the Finance department", team("Finance").to("has_skill"))
    gregor = person("Gregor Pell").to("works_on").to("commissioned_by")
    q(
        "3-hop",
        "In what cities do the customers of Gregor Pell's projects have their headquarters?",
        gregor.to("headquartered_in"),
    )
    q(
        "3-hop",
        "Lighthouse's components: from which countries do their suppliers come?",
        project("Lighthouse").to("uses_component").to("supplied_by").to("supplier_country"),
    )
    q(
        "3-hop",
        "In which country does Viktor Nair work?",
        person("Viktor Nair").to("based_at").to("located_in").to("in_country"),
    )
    q("intersection", "Which of the Python people are in Software?", skill("Python") & team("Software"))
    q("intersection", "Who both speaks Spanish and works in Sales?", skill("Spanish") & team("Sales"))
    q("union", "Everybody who knows Rust or SQL", skill("Rust") | skill("SQL"))
    q("union", "projects run for Ostara Health or for Brunel Rail", buys("Ostara Health") | buys("Brunel Rail"))
    q("difference", "Who is based at Tower Nine without belonging to Software?", at("Tower Nine") - team("Software"))
    q(
        "difference",
        "Research staff who don't work on Lighthouse",
        team("Research") - project("Lighthouse").back("works_on"),
    )
    q(
        "middle",
        "Which departments do the people with acoustics skills who report to Dmitri Asante belong to?",
        (skill("acoustics") & person("Dmitri Asante").back("reports_to")).to("works_in"),
    )
    q("several", "Who leads Kelp and who leads Heron?", (project("Kelp") | project("Heron")).to("project_lead"))
    q("filter-type", "Which employees are connected with Magpie by working on it?", project("Magpie").back("works_on"))
    q("filter-number", "Projects with a budget over 300,000 euros", projects.where("budget", lambda v: v > 300_000))
    q(
        "filter-number",
        "Who in Production earns less than 60000?",
        team("Production").where("salary", lambda v: v < 60_000),
    )
    q(
        "filter-number",
        "Name those paid at least a hundred and ten thousand.",
        staff.where("salary", lambda v: v >= 110_000),
    )
    q("filter-date", "Which people were taken on after 2021?", staff.where("hired_on", lambda v: v >= "2022"))
    q("filter-date", "Projects that kicked off before 2020", projects.where("start_date", lambda v: v < "2020"))
    q("filter-date", "Which of the projects end in 2025?", projects.where("end_date", lambda v: v[:4] == "2025"))
    q("filter-text", "Suppliers with a name beginning with T", called(q.every("supplier"), lambda s: s.startswith("t")))
    q("temporal", "Who was in charge of Sales in 2014?", headed(q, "Sales", "2014", "2014"))
    q("temporal", "Research was headed by whom before 2013?", headed(q, "Research", "0001", "2012"))
    q("temporal", "Who headed Software in 2020?", headed(q, "Software", "2020", "2020"))
    q("count", "How many people work in Research?", len(team("Research")))
    q("count", "Number of projects Software owns", len(one("department", "Software").back("owned_by_department")))
    q("superlative", "Which project has got the biggest budget?", projects.most("budget"))
    q("superlative", "Who's the best paid person in Sales?", team("Sales").most("salary"))
    q("superlative", "longest-serving employee in Software (earliest hire)", team("Software").least("hired_on"))
    q(
        "comparison",
        "Is Anvil or Puffin the more expensive project?",
        (project("Anvil") | project("Puffin")).most("budget"),
    )
    q(
        "comparison",
        "Who was hired earlier, Odile Kerr or Viktor Nair?",
        (person("Odile Kerr") | person("Viktor Nair")).least("hired_on"),
    )
    q(
        "yes-no",
        "Does Bela Ransome report to Mei Castellan?",
        person("Mei Castellan") in person("Bela Ransome").to("reports_to"),
    )
    q(
        "yes-no",
        "Is the edge computer used in Heron?",
        one("component", "edge computer") in project("Heron").to("uses_component"),
    )
    q("misspelt", "who reprots to Tomas Okafr", person("Tomas Okafor").back("reports_to"))
    q("lower-case", "which skills does dmitri asante have", person("Dmitri Asante").to("has_skill"))
    q("partial-name", "Which project is Dalgaard the lead of?", person("Yuki Dalgaard").back("project_lead"))
    q("unanswerable", "What is Samuel Ebert's favourite food?", q.unknown("no_plan"))
    q("unanswerable", "What does Olga Petrenko earn?", q.unknown("no_entity"))
    q(
        "false-premise",
        "Since when has Hanna Quist been running the Starling project?",
        q.untrue(person("Hanna Quist") in project("Starling").to("project_lead")),
    )
    q(
        "false-premise",
        "Which of Brunel Rail's projects use an edge computer made in Japan?",
        q.untrue(one("country", "Japan") in one("component", "edge computer").to("supplied_by").to("supplier_country")),
    )
