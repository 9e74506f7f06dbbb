"""An invented centre: its people, two years of their sessions and what they answer; always the same for the
same seed and day. Nobody in it exists.
"""
