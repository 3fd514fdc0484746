// What the bank's authentication wants to know about the shopper's browser.

function browserInfo() {
  return {
    userAgent: navigator.userAgent,
    acceptHeader: "application/json",
    language: navigator.language,
    colorDepth: screen.colorDepth,
    screenHeight: screen.height,
    screenWidth: screen.width,
    timeZoneOffset: new Date().getTimezoneOffset(),
    javaEnabled: false,
    referrer: document.referrer,
  };
}
