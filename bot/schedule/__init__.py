"""Schedules: when a subscription is due, and which window each due time looks at; pure functions of time.

timing       what due times depend on, and what holds where a person does not say
marks        which days a schedule names, and at which instants of each it is due
cron         cron lines: the days and the times that one names
rest         days and hours of rest
dues         due times, forwards and backwards
windows      where a due time's window begins and ends
catching_up  what to do with dues that nobody was there for
"""
