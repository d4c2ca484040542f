"""The rule of fair shares, step by step; `sharing` joins the steps."""
