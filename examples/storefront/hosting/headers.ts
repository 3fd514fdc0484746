/** Origins of the sandbox of `make run`. In production: Digital River's scripts, payment service and product images. */
const SANDBOX = "http://127.0.0.1:8001 http://localhost:8001";

/** Headers of every page. The web server of the shop sends them; docs/storefront.md has them for nginx. */
export function securityHeaders(digitalRiver = SANDBOX): Record<string, string> {
  const directives = {
    "default-src": "'none'",
    "script-src": `'self' ${digitalRiver}`,
    "style-src": `'self' ${digitalRiver}`,
    "img-src": `'self' data: ${digitalRiver}`,
    "connect-src": `'self' ${digitalRiver}`,
    "frame-src": digitalRiver,
    "font-src": "'self'",
    "manifest-src": "'self'",
    "form-action": `'self' ${digitalRiver}`,
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
  };
  const policy = Object.entries(directives).map(([name, sources]) => `${name} ${sources}`);
  return {
    "Content-Security-Policy": policy.join("; "),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
  };
}
