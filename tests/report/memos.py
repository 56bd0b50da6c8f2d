"""Memos of small answers, made once for all tests; one of them tries to break out of every kind of file."""

from functools import cache
from io import BytesIO
from typing import Any

from figure_answers import CASES, FAILING, PROMPT, TUNED, scenario

import mcost
from mcost.report.album import Album
from mcost.report.layout import Memo
from mcost.report.slides import slides
from mcost.report.word import word
from mcost.report.writing import composed

DRAWS = 600

TITLE = "<script>alert(1)</script> & *b* | _x_ [a](http://e.vil/a) `c` ![i](http://e.vil/i.png)"
STRATEGY = "<img src=http://e.vil/y onerror=alert(2)> *t*|u"
STUDY = "</style><i>study</i> | *s*"

CANDIDATE: dict[str, Any] = (
    TUNED | FAILING | {"costs": [{"name": "<b>cost", "driver": "month", "amount": "10 to 20"}]}
)
HOSTILE = scenario("600k to 1.4M", {"prompt": PROMPT, STRATEGY: CANDIDATE}, title=TITLE) | {
    "studies": [{"name": STUDY, "of": "workload.calls_per_month", "n": 3, "cost": 10}]
}
SCENARIOS = CASES | {"hostile": HOSTILE}


@cache
def memo_of(case: str) -> tuple[Memo, Album]:
    return composed(mcost.run(SCENARIOS[case], DRAWS, 3), command="mcost report x.toml -o FILE")


@cache
def document_of(case: str) -> Any:
    import docx

    made, album = memo_of(case)
    return docx.Document(BytesIO(word(made, album.picture)))


@cache
def deck_of(case: str) -> Any:
    import pptx

    made, album = memo_of(case)
    return pptx.Presentation(BytesIO(slides(made, album.picture)))
