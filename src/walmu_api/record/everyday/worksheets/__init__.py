"""What worksheets of days and of measurements share: how they come, how a cell is read, and what is told of each line."""
