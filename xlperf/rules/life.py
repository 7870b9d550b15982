"""Which rules count: those in force, and of these the ones that were asked for.

The state of a rule is that of its record, unless the section 规则 on the template's ``_xlperf`` says otherwise. A rule
on trial (观察) is judged, and what it finds is kept apart. One that is off (停用) leaves “not checked” with that
reason: its row of 审核 may still say something in Excel, and a person who reads both must know why they differ.
"""

from __future__ import annotations

from xlperf.findings import Choice, Finding, Outcome, Status, Unchecked
from xlperf.rules.catalogue import APART, by_id
from xlperf.rules.outcome import Results
from xlperf.rules.record import State
from xlperf.template.dictionary import Dictionary

SWITCHED_OFF = "规则已停用"


def state_of(dictionary: Dictionary, rule: str) -> State:
    """Return the state of a rule in a template: the template's word first, then the record's."""
    record, line = by_id(rule) if rule in APART else None, dictionary.rules.get(rule)
    usual = record.state if record is not None else State.ACTIVE
    return next((state for state in State if line is not None and state.value == line.state), usual)


def sort_out(dictionary: Dictionary, results: Results, choice: Choice) -> tuple[Finding, ...]:
    """Keep in ``results`` what counts; return what the rules on trial found.

    Before causes are folded, so that a rule that does not count neither hides nor explains another's finding.
    """
    told = {d.finding.rule for d in results.drafts}
    told |= {outcome.rule for outcome in results.outcomes} | {item.rule for item in results.unchecked}
    states = {rule: state_of(dictionary, rule) for rule in told if choice.wants(rule)}
    counts = {rule for rule, state in states.items() if state is State.ACTIVE}
    off = {rule for rule, state in states.items() if state is State.OFF}
    trial = tuple(d.finding for d in results.drafts if states.get(d.finding.rule) is State.TRIAL)
    results.drafts = [d for d in results.drafts if d.finding.rule in counts]
    results.unchecked = [item for item in results.unchecked if item.rule in counts]
    results.unchecked += [Unchecked(o.rule, SWITCHED_OFF, (), o.row) for o in results.outcomes if o.rule in off]
    results.outcomes = [
        Outcome(o.rule, Status.NOT_CHECKED, o.row) if o.rule in off else o
        for o in results.outcomes
        if o.rule in counts or o.rule in off
    ]
    return trial
