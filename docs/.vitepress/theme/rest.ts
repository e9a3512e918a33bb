/** The OpenAPI document of a service as a page; loaded only where one is shown. */
import { type Component, h, resolveComponent } from 'vue';
import exas from '../../reference/openapi/exas.json';
import excp from '../../reference/openapi/excp.json';
import excs from '../../reference/openapi/excs.json';

/** Each with an address for its examples, since a document does not say where its service runs. */
const documents: Readonly<Record<string, object>> = {
  excs: { ...excs, servers: [{ url: 'http://excs.example.com:3640' }] },
  exas: { ...exas, servers: [{ url: 'http://exas.example.com:3630' }] },
  excp: { ...excp, servers: [{ url: 'http://excp1.example.com:3650' }] },
};

interface Props {
  readonly service: string;
}

const Rest: Component<Props> = ({ service }: Props) =>
  h('div', { class: 'vp-doc' }, [
    h(resolveComponent('OASpec'), { spec: documents[service], hideInfo: true, hideServers: true }),
  ]);

export default Rest;
