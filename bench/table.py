# SPDX-License-Identifier: GPL-2.0
"""Figures as a table that can be read."""


def number(value):
    """Three significant digits, no exponent."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    size = abs(value)
    if size >= 100 or value == int(value):
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.{1 if size >= 10 else 2 if size >= 0.1 else 3}f}"


def ratio(ours, theirs):
    """In words: how many times as good, where less is better."""
    if ours is None or theirs is None:
        return ""
    if ours == theirs:
        return "equal"
    if ours <= 0 or theirs <= 0:
        return "better" if ours < theirs else "worse"
    times = theirs / ours if ours < theirs else ours / theirs
    if times < 1.05:
        return "equal"
    digits = 1 if times < 10 else 0
    return f"{times:.{digits}f} x {'better' if ours < theirs else 'worse'}"


# Of these neither more nor less is better.
NEUTRAL = ("1/s", "routers", "conn/s", "% of ideal")


def section(subjects, figures, places):
    """The lines for those who are compared in the same rows."""
    ours, *others = subjects
    head = ["", "unit", *subjects, *(f"to {name}" for name in others)]
    groups = {}
    for figure in figures:
        group, _, row = figure["metric"].partition(": ")
        where = figure["where"]
        rows = groups.setdefault((group, where), {})
        rows.setdefault((row or "-", figure["unit"]), {})[figure["subject"]] = \
            figure
    lines, reasons = [], []
    for (group, where), rows in groups.items():
        if any(figure["value"] is not None for cells in rows.values()
               for figure in cells.values()):
            lines.append((group, where))
        for (row, unit), cells in rows.items():
            values = [cells.get(name, {}).get("value") for name in subjects]
            reasons += [f"{name}: {group}: not measured: {cells[name]['reason']}"
                        for name in subjects
                        if cells.get(name, {}).get("reason")]
            if all(value is None for value in values):
                continue
            lines.append([
                f"  {row}", unit, *map(number, values),
                *("" if unit in NEUTRAL else ratio(values[0], value)
                  for value in values[1:])])
    cells = [head] + [line for line in lines if isinstance(line, list)]
    widths = [max(len(line[column]) for line in cells)
              for column in range(len(head))]

    def shown(line):
        first, unit, *rest = line
        return "  ".join([first.ljust(widths[0]), unit.ljust(widths[1]),
                          *(cell.rjust(width) for cell, width
                            in zip(rest, widths[2:]))]).rstrip()

    text = ["", shown(head), "-" * len(shown(head))]
    for line in lines:
        if isinstance(line, list):
            text.append(shown(line))
        else:
            text += ["", f"{line[0]} [{places.index(line[1]) + 1}]"]
    if reasons:
        text += ["", *dict.fromkeys(reasons)]
    return text


def table(title, sections, goals):
    """sections: (subjects, figures as dicts, in the order of the rows); goals:
    (text, reached)."""
    sections = list(sections)
    places = list(dict.fromkeys(figure["where"] for _, figures in sections
                                for figure in figures))
    text = [title, "=" * len(title), ""]
    text += [f"[{n}] {place}" for n, place in enumerate(places, 1)]
    text += ["", "Less is better; each ratio says what kcluster is, compared."]
    for subjects, figures in sections:
        text += section(subjects, figures, places)
    if goals:
        text += ["", "What kcluster promises:"]
        text += [f"  {'reached' if reached else 'MISSED '}  {words}"
                 for words, reached in goals]
    return "\n".join(text) + "\n"
