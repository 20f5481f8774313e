"""`/v1/experiments`: which variants are tried, what they do, and what was decided."""

from typing import Annotated

from fastapi import APIRouter, Query

from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.errors import Unavailable
from groundwatch.serving.bodies.experiments import (
    DecisionBody,
    ExperimentBody,
    ExperimentDetailBody,
    ExperimentsBody,
    LookBody,
    StopBody,
)
from groundwatch.serving.routes.dependencies import MayDecide, MayWatch, TheServices
from groundwatch.serving.services import Services, Watch

router = APIRouter(tags=["watch"])


@router.get("/v1/experiments")
def experiments(_may: MayWatch, services: TheServices) -> ExperimentsBody:
    """List the last run of every experiment, and those that have not begun."""
    runs = _book(services).runs()
    begun = {run.name for run in runs}
    configured = _watch(services).configured()
    planned = {name: each for name, each in configured.items() if name not in begun}
    return ExperimentsBody.of(runs, planned, services.clock())


@router.get("/v1/experiments/{name}")
def experiment(
    name: str,
    _may: MayWatch,
    services: TheServices,
    run: Annotated[int | None, Query(ge=1)] = None,
) -> ExperimentDetailBody:
    """Show a run, the last one if none is named, with its looks."""
    book = _book(services)
    found = book.get(name, run)
    return ExperimentDetailBody(
        experiment=ExperimentBody.of(found, services.clock()),
        runs=book.numbers(name),
        looks=[LookBody.of(each) for each in book.looks(found)],
    )


@router.post("/v1/experiments/{name}/stop")
def stop(name: str, wanted: StopBody, may: MayDecide, services: TheServices) -> ExperimentBody:
    """Give everybody the control from now on."""
    found = _book(services).stop(name, may.user, wanted.reason)
    return ExperimentBody.of(found, services.clock())


@router.post("/v1/experiments/{name}/decision")
def decide(
    name: str, wanted: DecisionBody, may: MayDecide, services: TheServices
) -> ExperimentBody:
    """Record what is used from now on; one that runs is stopped."""
    found = _book(services).conclude(name, may.user, wanted.reason, wanted.winner)
    return ExperimentBody.of(found, services.clock())


def _watch(services: Services) -> Watch:
    if services.watch is None:
        raise Unavailable("Nothing is watched here.")
    return services.watch


def _book(services: Services) -> ExperimentBook:
    book = _watch(services).experiments
    if book is None:
        raise Unavailable("This server keeps no experiments.")
    return book
