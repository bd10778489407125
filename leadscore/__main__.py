"""python -m leadscore."""

from leadscore import main

main()
