/** The default theme; below a page that names a service as `openapi` in its head, the REST interface of that service. */
import { type Theme, useData } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import { theme as openApi, useTheme } from 'vitepress-openapi/client';
import 'vitepress-openapi/dist/style.css';
import './site.css';
import { defineAsyncComponent, defineComponent, h } from 'vue';

const Rest = defineAsyncComponent(() => import('./rest.ts'));

const Layout = defineComponent(() => {
  const { frontmatter } = useData();
  return () =>
    h(DefaultTheme.Layout, null, {
      'doc-footer-before': () =>
        frontmatter.value.openapi === undefined
          ? []
          : h(Rest, { service: String(frontmatter.value.openapi) }),
    });
});

const theme: Theme = {
  extends: DefaultTheme,
  Layout,
  async enhanceApp(context) {
    await openApi.enhanceApp(context);
    // These pages reach no service: what could be tried out here would ask the web server of the site.
    useTheme({ operation: { hiddenSlots: ['playground'] } });
  },
};

export default theme;
