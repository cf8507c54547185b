// The UI of the OpenAPI document. In a file of its own: the page allows no inline script.
SwaggerUIBundle({ url: '/q/openapi?format=json', dom_id: '#api', deepLinking: true });
