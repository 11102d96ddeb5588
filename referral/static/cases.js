/* Only comfort for those who keep files: every task works without this file. */
"use strict";
