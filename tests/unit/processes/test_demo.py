"""`make demo` keeps away from a real centre."""

from service.processes.__main__ import for_demo


def test_the_demonstration_has_a_folder_of_its_own_and_no_server_of_a_real_centre() -> None:
    real = {
        "DATA_DIR": "/srv/centro/",
        "MONGODB_URI": "mongodb://db.example.com",
        "REDIS_URL": "redis://queue.example.com",
        "SMTP_URL": "smtp://mail.example.com",
        "SECRET_KEY": "k" * 32,
        "CENTER_NAME": "Centro Horizonte",
        "PORT": "8100",
    }
    given = for_demo(real)
    assert given["DATA_DIR"] == "/srv/centro-demo"
    assert given["PORT"] == "8100"
    kept = {name for name in real if given[name] == real[name]}
    assert kept == {"PORT"}
    assert for_demo({})["DATA_DIR"] == "var-demo"
