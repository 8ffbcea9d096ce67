import { enableCvButton } from "./cv.mjs";
import { enableCvRequest } from "./request.mjs";
import { enableInbox } from "./inbox.mjs";
import { countVisit } from "./visits.mjs";

enableCvButton(window);
enableCvRequest(window);
enableInbox(window);
countVisit(document);
