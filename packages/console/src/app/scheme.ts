/** Dark or light: as the system says, or as the person chose in this browser. */

export type Scheme = 'system' | 'light' | 'dark';

const key = 'exec-console-scheme';

export function rememberedScheme(): Scheme {
  try {
    const found = localStorage.getItem(key);
    return found === 'light' || found === 'dark' ? found : 'system';
  } catch {
    return 'system';
  }
}

export function setScheme(scheme: Scheme): void {
  if (scheme === 'system') delete document.documentElement.dataset.scheme;
  else document.documentElement.dataset.scheme = scheme;
  try {
    if (scheme === 'system') localStorage.removeItem(key);
    else localStorage.setItem(key, scheme);
  } catch {
    // A browser that stores nothing shows it until the page is left.
  }
}
