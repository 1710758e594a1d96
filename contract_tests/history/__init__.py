"""The proof that nothing acknowledged is lost or doubled when processes are killed: clients record what they were told,
and a checker holds that against what is there afterwards."""
