"""What an approver wants to know of a flow, with the evidence in its text."""
