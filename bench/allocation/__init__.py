"""What fair shares cost and give: exactness, time and memory, beside what is done today and beside a plain solver."""
