"""Printed pages (PDF): letters with places on paper, made into paragraphs again."""
