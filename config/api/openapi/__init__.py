"""The API's own description, made of what the views declare: served at /schema, shown at /docs."""
