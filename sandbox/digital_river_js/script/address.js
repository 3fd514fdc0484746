// Where the script was loaded from. The payment service and the frames have the same origin.

const SCRIPT_URL = document.currentScript?.src ?? document.querySelector('script[src*="/v1/DigitalRiver.js"]')?.src;

if (!SCRIPT_URL) throw new Error('Load DigitalRiver.js with <script src="…/v1/DigitalRiver.js">, not as a module.');

const SERVICE_URL = new URL("..", SCRIPT_URL).href.replace(/\/$/, "");

const SERVICE_ORIGIN = new URL(SERVICE_URL).origin;

const FRAMES_URL = `${SERVICE_URL}/v1/frames/`;
