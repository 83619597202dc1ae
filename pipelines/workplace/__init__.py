"""The only room that knows Dagster: assets made of steps, the schedule, the sensor, the user interface."""
