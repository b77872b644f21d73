"""Quotations as text to paste: in citation styles, for word processors, reference managers and browsers."""
