import { watchCv } from "./cv.mjs";
import { countVisit } from "./visits.mjs";

watchCv(window);
countVisit(document);
