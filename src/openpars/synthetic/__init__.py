"""An invented city to practise on: fictional people, calibrated on published figures, built through
actions."""
