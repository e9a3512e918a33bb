/** Comments of the Markdown are for its tools: a page leaves them out, though without HTML they would be text. */

/** The part of markdown-it that is used here. */
interface Token {
  readonly type: string;
  readonly content: string;
}
interface Markdown {
  readonly core: {
    readonly ruler: {
      after(name: string, own: string, rule: (state: { tokens: readonly Token[] }) => void): void;
    };
  };
}

const comment = /^<!--[\s\S]*-->$/;

/** Takes out each paragraph that is nothing but a comment. */
export function withoutComments(markdown: unknown): void {
  (markdown as Markdown).core.ruler.after('block', 'comments', (state) => {
    const { tokens } = state;
    const isComment = (index: number): boolean => {
      const token = tokens[index];
      return token?.type === 'inline' && comment.test(token.content.trim());
    };
    // A paragraph is three tokens: its beginning, its text, its end.
    state.tokens = tokens.filter((_, index) => ![index - 1, index, index + 1].some(isComment));
  });
}
