/** The OpenAPI document of a service as a page; loaded only where one is shown. */
import { type Component, h, resolveComponent } from 'vue';
import exas from '../../reference/openapi/exas.json';
import excp from '../../reference/openapi/excp.json';
import excs from '../../reference/openapi/excs.json';

const documents: Readonly<Record<string, object>> = { excs, exas, excp };

interface Props {
  readonly service: string;
}

const Rest: Component<Props> = ({ service }: Props) =>
  h(resolveComponent('OASpec'), { spec: documents[service], hideInfo: true, hideServers: true });

export default Rest;
