"""Documents of other formats as plain text with sections: HTML, PDF, DOCX (the extra ``documents``)."""
