"""What senders tell, taken into the record: leads, events, stages, consents."""
