# Perl's SOAP::Lite: it makes nothing of the WSDL; elements are built by hand, in the order in which they are given.
use strict;
use warnings;
use JSON::PP;
use SOAP::Lite;

my $NAMESPACE = 'http://www.superoffice.net/ws/crm/NetServer/Services85';
my %WAYS = (
    ''             => sub { $_[0]->default_ns($NAMESPACE) },
    'soap12'       => sub { $_[0]->default_ns($NAMESPACE)->soapversion('1.2') },
    'no namespace' => sub { $_[0]->ns($NAMESPACE, 'so') },
    'own action'   => sub { $_[0]->default_ns($NAMESPACE)->on_action(sub { sprintf '"%s#%s"', @_ }) },
    'typed'        => sub { $_[0]->default_ns($NAMESPACE) },
);
my ($wsdl, $address) = @ARGV;
$| = 1;

# Members as SOAP::Data. {members => [[name, value], ...]} is an element with children, a list the same element several
# times. Without type('') SOAP::Lite guesses an xsi:type from what the value looks like.
sub build {
    my ($typed, @members) = @_;
    my @built;
    for my $member (@members) {
        my ($name, $value) = @$member;
        for my $one (ref $value eq 'ARRAY' ? @$value : $value) {
            my $data = SOAP::Data->name($name);
            if (ref $one eq 'HASH') { $data->value(\SOAP::Data->value(build($typed, @{ $one->{members} }))) }
            elsif (!defined $one) { $data->value(undef) }
            else { $data->value(JSON::PP::is_bool($one) ? ($one ? 'true' : 'false') : "$one"); }
            $data->type('') if !$typed && defined $one;
            push @built, $data;
        }
    }
    return @built;
}

sub call {
    my ($asked) = @_;
    my $action = $asked->{action} // "$NAMESPACE/Batch/$asked->{operation}";
    my $client = SOAP::Lite->new(proxy => $address)->on_action(sub { qq("$action") });
    $WAYS{ $asked->{way} }->($client);
    my $place = { xmlns => $asked->{namespace} // $NAMESPACE };
    my @headers = map { SOAP::Header->name($_->name)->value($_->value)->type('')->attr($place) }
        build(0, @{ $asked->{ordered}{headers}{members} });
    my $typed = $asked->{way} eq 'typed';
    my $answer = $client->call($asked->{operation}, @headers, build($typed, @{ $asked->{ordered}{parameters}{members} }));
    die $answer->faultstring . "\n" if $answer->fault;
    return $answer->result;
}

while (my $line = <STDIN>) {
    my $asked = decode_json((split /\t/, $line, 3)[2]);
    my $result = !$WAYS{ $asked->{way} } ? { cannot => $asked->{way} }
        : $asked->{read} ? { cannot => 'a hash has no order' }
        : eval { { read => call($asked) } } || { error => "$@" };
    print JSON::PP->new->allow_blessed->encode($result), "\n";
}
