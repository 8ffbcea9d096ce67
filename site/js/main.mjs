import { enableCvButton } from "./cv.mjs";
import { countVisit } from "./visits.mjs";

enableCvButton(window);
countVisit(document);
