"""A project that begins from this starter, and stays close to it.

    python -m tools.grow new NAME=plantly     a new project, in a folder beside this one
    python -m tools.grow remove PART=…        take a part out
    python -m tools.grow add PART=…           put it back
    python -m tools.grow update               bring in the newest version of the starter
    python -m tools.grow icons                draw icons and the social picture of this title

`make` has a target for each of the first four. All of them compare two states of the starter, each
rendered for this project (`rendering.py`): its names, its parts. Git merges the difference.
"""
