"""The door of the data banks: promised answers, confirmed subscriptions, life events. Machines only, signed only."""
