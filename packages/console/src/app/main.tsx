/** The console begins. */
import { render } from 'preact';
import { ApiClient } from './api/client.ts';
import { App } from './app.tsx';
import { rememberedScheme, setScheme } from './scheme.ts';

const folder = document.getElementById('app');
setScheme(rememberedScheme());
if (folder !== null) render(<App client={new ApiClient(location.href)} />, folder);
