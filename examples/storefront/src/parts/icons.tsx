import type { ReactNode } from "react";

function icon(path: ReactNode) {
  return function Icon() {
    return (
      <svg
        viewBox="0 0 24 24"
        width="24"
        height="24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {path}
      </svg>
    );
  };
}

export const SearchIcon = icon(<path d="M15.5 15.5 21 21M10.5 18a7.5 7.5 0 1 1 0-15 7.5 7.5 0 0 1 0 15z" />);
export const CartIcon = icon(
  <>
    <path d="M6 8h12.5l-1 11.2a2 2 0 0 1-2 1.8H9a2 2 0 0 1-2-1.8z" />
    <path d="M9 10.5V7a3.2 3.2 0 0 1 6.4 0v3.5" />
  </>,
);
export const PersonIcon = icon(
  <>
    <circle cx="12" cy="8" r="4" />
    <path d="M4.5 21c.6-4.2 3.6-6.3 7.5-6.3s6.9 2.1 7.5 6.3" />
  </>,
);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
