/** A real browser, and what must not happen in it: violations of the policy, requests to other origins, errors. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';

/** Path of the browser; undefined: there is none. */
export function chromium(): string | undefined {
  return [process.env.CHROMIUM, '/usr/bin/chromium'].find((path) => path !== undefined && existsSync(path));
}

export function startBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: chromium() ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface Size {
  readonly width: number;
  readonly height: number;
}
export const narrow: Size = { width: 360, height: 740 };
export const wide: Size = { width: 1440, height: 900 };

/** Faults that pages had, over all visits. */
export const faults: string[] = [];

export class Visit {
  readonly page: Page;
  readonly #base: string;

  private constructor(page: Page, base: string) {
    this.page = page;
    this.#base = base;
  }

  /** @param base address of the folder that holds `console/` */
  static async begin(
    browser: Browser,
    base: string,
    o: { readonly size?: Size; readonly scheme?: 'light' | 'dark' } = {},
  ): Promise<Visit> {
    const context = await browser.newContext({
      viewport: o.size ?? wide,
      colorScheme: o.scheme ?? 'light',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const origin = new URL(base).origin;
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol !== 'data:' && url.origin !== origin) faults.push(`request to ${url.origin}`);
    });
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
    page.on('console', (message) => {
      // A violation of the policy is told here; that a request was refused or not answered is no fault of the page.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        faults.push(message.text());
    });
    return new Visit(page, base);
  }

  async open(path = ''): Promise<void> {
    await this.page.goto(`${this.#base}console/${path}`);
  }

  async go(hash: string): Promise<void> {
    await this.page.evaluate((to) => {
      location.hash = to;
    }, hash);
  }

  async logIn(token: string): Promise<void> {
    await this.page.getByLabel('Token').fill(token);
    await this.page.getByRole('button', { name: 'Log in' }).click();
    await this.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  }

  /** The page shows what it is for: nothing loads any more. */
  async atRest(): Promise<void> {
    await this.page.locator('main h1').waitFor();
    await this.page.waitForFunction(() => document.querySelector('.loading') === null);
  }

  /** Serious and critical findings of an accessibility check, in words. */
  async findings(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    const found = await this.page.evaluate(async () => {
      const { axe: checker } = globalThis as unknown as { axe: typeof import('axe-core') };
      const { violations } = await checker.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
      });
      return violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes[0]?.html ?? '' }));
    });
    return found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, where }) => `${id}: ${where}`);
  }

  /** Whether one would have to scroll sideways. */
  overflows(): Promise<boolean> {
    return this.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  }

  end(): Promise<void> {
    return this.page.context().close();
  }
}
