// All scripts of the page; each wires itself up.

import "./views.js";
import "./ask.js";
import "./filters.js";
import "./feedback.js";
import "./reader.js";
import "./cite.js";
import "./save.js";
import "./dossiers.js";
import "./library.js";
import "./library-add.js";
import "./library-map.js";
import "./keys.js";
import "./own-questions.js";
import "./questions.js";
import "./settings.js";
import "./check.js";
