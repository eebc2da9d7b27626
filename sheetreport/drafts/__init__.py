"""Draft e-mails, for people to read, change and send: nothing here opens a connection."""
