"""The article in a text or page: boilerplate around it, pages that hide it, several articles in one."""
