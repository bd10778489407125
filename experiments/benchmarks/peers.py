"""What the service is measured against: a bare endpoint that only checks and answers the same.

Run by `experiments.benchmarks.http_scoring` as ``python -m experiments.benchmarks.peers PORT``.
"""

import sys

import uvicorn
from fastapi import FastAPI

from serving.http.document.openapi import example_answer
from serving.http.requests.score import ScoreRequest
from serving.scoring.answer import Answer


def bare_app() -> FastAPI:
    """Return an application whose one endpoint validates a lead and returns a fixed answer."""
    app = FastAPI()
    answer = Answer.model_validate(example_answer())

    @app.get("/readyz")
    async def ready() -> str:
        return "ready"

    @app.post("/v1/score")
    async def score(request: ScoreRequest) -> Answer:
        return answer

    return app


if __name__ == "__main__":
    uvicorn.run(bare_app(), port=int(sys.argv[1]), log_level="warning")
