import { enableCvButton } from "./cv.mjs";
import { enableCvRequest } from "./request.mjs";
import { countVisit } from "./visits.mjs";

enableCvButton(window);
enableCvRequest(window);
countVisit(document);
