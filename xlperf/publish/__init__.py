"""Making workbooks: the template from its text source, and filled or empty workbooks from a template."""
