/** The page of its own: the data stand in it, and nothing is asked of anybody. */

import "../style/tokens.css";
import "../style/flame-page.css";
import "../style/flame.css";
import { flameGraph } from "./graph.ts";
import type { FlameData } from "./tree.ts";

const data = JSON.parse(document.getElementById("data")?.textContent ?? "{}") as FlameData;
document.documentElement.dataset["theme"] = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
document.getElementById("graph")?.replaceChildren(flameGraph(data));
