"""A month beside the one before, in words."""

from flask import Flask

from service.blueprints.pages.month_words import amount_words, count_words, nps_words


def test_what_grew_shrank_or_stayed_is_said_of_the_month_before(app: Flask) -> None:
    with app.test_request_context():
        assert [count_words(now, 300, "2026-10", running=False) for now in (312, 288, 301, 300)] == [
            "▲ 4 % más que en setiembre",
            "▼ 4 % menos que en setiembre",
            "= casi igual que en setiembre",
            "= igual que en setiembre",
        ]
        assert count_words(12, 300, "2026-10", running=True) == "300 en setiembre"
        assert count_words(12, 0, "2026-10", running=False) == ""


def test_scores_are_compared_as_they_are_shown(app: Flask) -> None:
    with app.test_request_context():
        assert [nps_words(now, 44.6, "2026-10") for now in (47.2, 46, 44, 43.4, 45.4, None)] == [
            "▲ 2 puntos más que en setiembre",
            "▲ 1 punto más que en setiembre",
            "▼ 1 punto menos que en setiembre",
            "▼ 2 puntos menos que en setiembre",
            "= igual que en setiembre",
            "",
        ]
        assert nps_words(47.2, None, "2026-10") == ""


def test_each_amount_names_its_currency_where_there_are_two(app: Flask) -> None:
    with app.test_request_context():
        now, before = {"PEN": 110_00}, {"PEN": 100_00, "USD": 50_00}
        assert amount_words(now, before, "2026-10", running=False) == [
            "S/ ▲ 10 % más que en setiembre",
            "US$ ▼ 100 % menos que en setiembre",
        ]
        assert amount_words(now, {"PEN": 100_00}, "2026-10", running=False) == ["▲ 10 % más que en setiembre"]
