"""A centre's own spreadsheets: read, understood row by row, and planned against what is already known.

`read.read_sheet` turns bytes into a `Sheet`; `sessions.parse_sessions` turns that into rows and rejections,
`known.wanted` says what must be looked up, and `plan.plan_sessions` decides what is to be added. A sheet of
psychotherapists goes through `psychotherapists` in the same way. Nothing here touches store, files or clock.
"""
