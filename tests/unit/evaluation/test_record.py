"""What a figure rests on."""

from kgqa.evaluation.record import provenance


def test_a_record_says_how_to_make_the_figure_again_and_names_no_folder_of_this_machine(tmp_path):
    found = provenance(["kgqa", "eval", str(tmp_path / "a b.jsonl"), "--gold", "gold.jsonl"], seed=3)
    assert found["command"] == "kgqa eval 'a b.jsonl' --gold gold.jsonl"
    assert found["seed"] == 3
    assert found["version"]
    assert found["hardware"]["cores"] >= 1
    assert str(tmp_path.parent) not in str(found)
    assert len(found["date"]) == 10
