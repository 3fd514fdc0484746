import { Form, useSearchParams } from "react-router";
import { SearchIcon } from "../parts/icons";
import { paths } from "../paths";
import { useTexts } from "../texts";

export function SearchForm() {
  const { shop } = useTexts();
  const [parameters] = useSearchParams();
  const words = parameters.get("q") ?? "";
  return (
    <Form action={paths.search} role="search" className="search-form">
      <input
        key={words}
        type="search"
        name="q"
        required
        maxLength={100}
        defaultValue={words}
        className="input"
        placeholder={shop.searchFor}
        aria-label={shop.searchFor}
      />
      <button type="submit" className="search-button" aria-label={shop.search}>
        <SearchIcon />
      </button>
    </Form>
  );
}
