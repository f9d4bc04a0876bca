"""Layout: what people see in Slack, as blocks. Pure: values in, values out."""
