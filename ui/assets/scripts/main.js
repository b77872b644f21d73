// All scripts of the page; each wires itself up.

import "./views.js";
import "./ask.js";
import "./filters.js";
import "./feedback.js";
import "./clipboard.js";
import "./reader.js";
import "./keys.js";
