import pytest

from ssdmath.config.names import Cell, Model, Run


def test_a_run_id_reads_back():
    run = Run("ssd_complete", "t1.1-k20-p0.95", 0)
    assert str(run) == "ssd_complete_t1.1-k20-p0.95_s0"
    assert Run.parse(str(run)) == run


def test_a_checkpoint_names_its_run_and_step():
    assert Run("naive", "t1", 3).at(94) == "naive_t1_s3@94"
    assert Model.parse("naive_t1_s3@94") == ("naive_t1_s3@94", "naive", "t1", 3, 94)


def test_base_has_no_training_columns():
    assert Model.parse("base") == ("base", "base", None, None, None)


@pytest.mark.parametrize("text", ["ssd", "ssd_1.1_s0@4", "ssd_t1_s0@", "ssd_t1@4"])
def test_a_foreign_model_id_is_refused(text: str):
    with pytest.raises(ValueError, match=r"not a run|invalid literal"):
        Model.parse(text)


def test_a_cell_is_read_off_its_path():
    cell = Cell.of("results/micro/samples/ssd_t1.1_s0@94/validation/t0.7/0.parquet")
    assert cell == ("ssd_t1.1_s0@94", "validation", "t0.7", 0)
    assert cell.columns()["train_decoding"] == "t1.1"


def test_a_composed_cell_of_base_belongs_to_an_arm_of_its_own():
    composed = Cell.of("samples/base/validation/t0.7-of-t1.5-p0.8/0.parquet").columns()
    assert (composed["model"], composed["arm"]) == ("base", "composed")
    assert composed["train_decoding"] is None
    power = Cell.of("samples/base/validation/t1-pow4x8/0.parquet").columns()
    assert (power["model"], power["arm"]) == ("base", "power")
    assert Cell.of("samples/base/validation/t0.7/0.parquet").columns()["arm"] == "base"
